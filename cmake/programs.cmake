# SPDX-License-Identifier: MIT
# How this project compiles its own tests, examples and benchmarks; nothing here reaches a user's targets.

add_library(kd_flags INTERFACE)
target_compile_options(kd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wno-sign-conversion>  # which g++'s -Wconversion leaves out
  $<$<BOOL:${KD_WERROR}>:-Werror>)

if(KD_NATIVE)
  target_compile_options(kd_flags INTERFACE -march=native)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms of g++ 12 about its own headers: std::string's operator+, and AVX-512.
  target_compile_options(kd_flags INTERFACE
    -Wno-restrict $<$<BOOL:${KD_NATIVE}>:-Wno-uninitialized;-Wno-maybe-uninitialized>)
endif()

# kd_link(<target>): links one of our targets with every part of kd that this build has
function(kd_link name)
  target_link_libraries(${name} PRIVATE kd::kd kd_flags)
  foreach(part io openmp)
    if(TARGET kd::${part})
      target_link_libraries(${name} PRIVATE kd::${part})
    endif()
  endforeach()
endfunction()

# kd_program(<name> <source>...): one of our programs
function(kd_program name)
  add_executable(${name} ${ARGN})
  kd_link(${name})
endfunction()
