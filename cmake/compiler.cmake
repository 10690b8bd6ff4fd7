# SPDX-License-Identifier: MIT
# Stops where the compiler is too old: its own messages about C++20 would be hundreds.
set(kd_oldest_GNU 12)
set(kd_oldest_Clang 14)
set(kd_oldest ${kd_oldest_${CMAKE_CXX_COMPILER_ID}})
if(kd_oldest AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS kd_oldest)
  message(FATAL_ERROR "kd needs g++ 12, clang 14, or newer, and this is ${CMAKE_CXX_COMPILER_ID} "
    "${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}); install a newer one and configure an empty "
    "build folder with -DCMAKE_CXX_COMPILER=g++-12")
endif()
