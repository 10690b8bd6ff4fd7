# SPDX-License-Identifier: MIT
# Third-party libraries: an installed package if there is one, else fetched at the tag given here.
include(FetchContent)

# kd_fetch_headers(<target> <name> <repository> <tag> <folder of the headers>)
function(kd_fetch_headers target name repository tag folder)
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON
                       SOURCE_SUBDIR only-headers)
  FetchContent_MakeAvailable(${name})
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${${name}_SOURCE_DIR}/${folder})
endfunction()

# Without a version: the only call that finds both 3.4 and 5.
if(NOT TARGET Eigen3::Eigen)
  find_package(Eigen3 CONFIG QUIET)
  if(TARGET Eigen3::Eigen AND Eigen3_VERSION VERSION_LESS 3.4)
    message(FATAL_ERROR "kd needs Eigen 3.4 or newer, and this is ${Eigen3_VERSION} (${Eigen3_DIR})")
  elseif(NOT TARGET Eigen3::Eigen)
    kd_fetch_headers(Eigen3::Eigen eigen https://gitlab.com/libeigen/eigen.git 3.4.0 .)
  endif()
endif()

find_package(nlohmann_json QUIET)
if(KD_TESTS OR KD_EXAMPLES)
  find_package(ZLIB REQUIRED)
  if(NOT TARGET nlohmann_json::nlohmann_json)
    kd_fetch_headers(nlohmann_json::nlohmann_json json https://github.com/nlohmann/json.git v3.11.3
                     single_include)
  endif()
else()
  find_package(ZLIB QUIET)
endif()
if(ZLIB_FOUND AND TARGET nlohmann_json::nlohmann_json)
  set(KD_HAS_io ZLIB::ZLIB nlohmann_json::nlohmann_json)
else()
  message(STATUS "kd: zlib or nlohmann-json is missing, so there is no kd::io")
endif()

if(KD_OPENMP)
  find_package(OpenMP QUIET COMPONENTS CXX)
  if(OpenMP_CXX_FOUND)
    set(KD_HAS_openmp OpenMP::OpenMP_CXX)
  else()
    message(STATUS "kd: no OpenMP, so there is no kd::openmp and kd runs on one thread")
  endif()
endif()

if(KD_EXAMPLES)
  find_package(CLI11 QUIET)
  if(NOT TARGET CLI11::CLI11)
    kd_fetch_headers(CLI11::CLI11 cli11 https://github.com/CLIUtils/CLI11.git v2.4.2 include)
  endif()
endif()

if(KD_TESTS)
  find_package(Catch2 QUIET)  # version 2 or 3
  if(NOT TARGET Catch2::Catch2WithMain)
    FetchContent_Declare(catch2 GIT_REPOSITORY https://github.com/catchorg/Catch2.git GIT_TAG v3.7.1
                         GIT_SHALLOW ON)
    FetchContent_MakeAvailable(catch2)
  endif()
endif()

if(KD_BENCH)
  find_package(benchmark QUIET)
  if(NOT TARGET benchmark::benchmark)
    set(BENCHMARK_ENABLE_TESTING OFF)
    FetchContent_Declare(benchmark GIT_REPOSITORY https://github.com/google/benchmark.git GIT_TAG v1.8.5
                         GIT_SHALLOW ON)
    FetchContent_MakeAvailable(benchmark)
  endif()
endif()
