# ameide_library(NAME room SOURCES ... [DEPS ...] [TESTS ...] [TEST_DEPS ...])
#
# One static library per room and, beside it, one test program with the room's x_test.cc files.
# Sources are listed by name: a file that nobody lists is a file that nobody builds.
function(ameide_library)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME" "SOURCES;DEPS;TESTS;TEST_DEPS")
  add_library(ameide_${ARG_NAME} STATIC ${ARG_SOURCES})
  target_include_directories(ameide_${ARG_NAME} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(ameide_${ARG_NAME} PUBLIC ${ARG_DEPS})
  if(AMEIDE_TESTS AND ARG_TESTS)
    ameide_test(NAME ameide_${ARG_NAME}_test SOURCES ${ARG_TESTS}
                DEPS ameide_${ARG_NAME} ${ARG_TEST_DEPS})
  endif()
endfunction()

# ameide_test(NAME program SOURCES ... DEPS ... [LABELS ...] [TIMEOUT seconds])
function(ameide_test)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS;PROPERTIES")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} ameide_test_main)
  target_compile_definitions(${ARG_NAME} PRIVATE AMEIDE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                                 AMEIDE_BUILD_DIR="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${ARG_NAME} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" ${ARG_PROPERTIES})
endfunction()

# ameide_fuzzer(NAME x SOURCE x_fuzz.cc DEPS ...)
#
# The source defines LLVMFuzzerTestOneInput. With AMEIDE_LIBFUZZER (clang) it becomes a libFuzzer
# program; otherwise a small driver feeds it mutated seeds, and ctest runs that for a bounded
# number of inputs.
function(ameide_fuzzer)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;SOURCE" "DEPS")
  if(NOT AMEIDE_TESTS)
    return()
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCE})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  if(AMEIDE_LIBFUZZER)
    target_sources(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/base/testing/fuzz_seeds.cc)
    target_link_options(${ARG_NAME} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(${ARG_NAME} PRIVATE ameide_fuzz_driver)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
    set_tests_properties(${ARG_NAME} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()

# ameide_program(NAME x SOURCES main.cc DEPS ...): a shipped executable, which is installed.
function(ameide_program)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME" "SOURCES;DEPS")
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  target_compile_definitions(${ARG_NAME} PRIVATE AMEIDE_VERSION="${PROJECT_VERSION}")
  install(TARGETS ${ARG_NAME} COMPONENT programs)
  if(AMEIDE_STATIC)
    target_link_options(${ARG_NAME} PRIVATE -static-libstdc++ -static-libgcc -no-pie)
  endif()
endfunction()
