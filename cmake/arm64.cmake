# Cross-compiles the agent program for 64-bit ARM with Debian's cross compiler. The libraries come
# from AMEIDE_SYSROOT, where `./dev image` unpacks Debian's arm64 packages; the C library is the
# cross compiler's own.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

set(AMEIDE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/arm64-sysroot
    CACHE PATH "Debian's arm64 development packages, unpacked")
# CMake's own trial projects read this file, too, and share our environment variables.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES AMEIDE_SYSROOT)
get_filename_component(_root ${AMEIDE_SYSROOT} ABSOLUTE)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH ${_root})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES
    ${_root}/usr/include/aarch64-linux-gnu ${_root}/usr/include)

set(ENV{PKG_CONFIG_SYSROOT_DIR} ${_root})
set(ENV{PKG_CONFIG_LIBDIR}
    ${_root}/usr/lib/aarch64-linux-gnu/pkgconfig:${_root}/usr/share/pkgconfig)
# CMake drops a standard directory from pkg-config's answer unless it is told.
set(ENV{PKG_CONFIG_ALLOW_SYSTEM_LIBS} 1)
