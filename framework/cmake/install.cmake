# bin/nnrun, lib/nnrun/plugins/*.so, include/nnrun/*.h*, and the package that find_package(nnrun)
# finds, in the installed tree and in the build folder. The program finds its plugins from its own
# place, hence lib and not the multiarch folder.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder lib/cmake/nnrun)

get_property(sets GLOBAL PROPERTY NNRUN_SETS)
if(TARGET nnrun)
  install(TARGETS nnrun RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
install(TARGETS ${sets} LIBRARY DESTINATION lib/nnrun/plugins)
if(TARGET nnrun_http)
  install(TARGETS nnrun_http LIBRARY DESTINATION lib/nnrun)
endif()
if(TARGET nnrun AND NOT CMAKE_CROSSCOMPILING)
  # An index is of files in their place: one of files on the way to another place would be of no use.
  install(CODE "
    if(NOT \"\$ENV{DESTDIR}\" AND NOT CMAKE_INSTALL_PREFIX MATCHES _CPack_Packages)
      execute_process(COMMAND \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/nnrun\"
        plugins --index --quiet ERROR_QUIET)
    endif()")
endif()
# The library, beside whose folder it finds its plugins, and what compilers ask to find it.
install(TARGETS nnrun_shared EXPORT nnrun-targets LIBRARY DESTINATION lib)
# For programs that have plugins built in: an archive, and each set as one object. MPI has processes
# that programs start, which is not for the library.
install(TARGETS nnrun_static ARCHIVE DESTINATION lib)
set(built_in_sets ${sets})
list(REMOVE_ITEM built_in_sets mpi)
foreach(set IN LISTS built_in_sets)
  set(objects "$<TARGET_OBJECTS:${set}>")
  get_target_property(libraries ${set} LINK_LIBRARIES)
  foreach(library IN LISTS libraries)
    if(TARGET ${library})
      get_target_property(type ${library} TYPE)
      if(type STREQUAL "OBJECT_LIBRARY")
        list(APPEND objects "$<TARGET_OBJECTS:${library}>")
      endif()
    endif()
  endforeach()
  install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/nnrun/static\")
    set(objects \"${objects}\")
    file(MAKE_DIRECTORY \"\${folder}\")
    execute_process(COMMAND \"${CMAKE_LINKER}\" -r -o \"\${folder}/${set}.o\" \${objects}
      COMMAND_ERROR_IS_FATAL ANY)")
endforeach()
configure_file(framework/cmake/nnrun.pc.in nnrun.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/nnrun.pc" DESTINATION lib/pkgconfig)
install(DIRECTORY framework/library/examples DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY configs DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
install(DIRECTORY framework/include/nnrun DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)
install(FILES framework/cli/nnrun.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

# What shells complete, where each looks for it.
if(TARGET nnrun AND NOT CMAKE_CROSSCOMPILING)
  foreach(place bash:bash-completion/completions/nnrun zsh:zsh/vendor-completions/_nnrun
      fish:fish/vendor_completions.d/nnrun.fish)
    string(REPLACE ":" ";" place ${place})
    list(GET place 0 shell)
    list(GET place 1 file)
    set(written "${PROJECT_BINARY_DIR}/completions/${file}")
    cmake_path(GET written PARENT_PATH folder)
    file(MAKE_DIRECTORY "${folder}")
    install(CODE "execute_process(COMMAND \"$<TARGET_FILE:nnrun>\" completion ${shell}
      OUTPUT_FILE \"${written}\" COMMAND_ERROR_IS_FATAL ANY)")
    cmake_path(GET file PARENT_PATH folder)
    install(FILES "${written}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${folder}")
  endforeach()
endif()

install(TARGETS nnrun_plugin EXPORT nnrun-targets)
install(EXPORT nnrun-targets NAMESPACE nnrun:: DESTINATION ${package_folder})
export(EXPORT nnrun-targets NAMESPACE nnrun:: FILE "${PROJECT_BINARY_DIR}/nnrun-targets.cmake")
configure_file(framework/cmake/nnrun-config.cmake nnrun-config.cmake COPYONLY)
configure_file(framework/cmake/nnrun_add_plugin.cmake nnrun_add_plugin.cmake COPYONLY)
configure_file(framework/cmake/nnrun_add_built_in.cmake nnrun_add_built_in.cmake COPYONLY)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/nnrun-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES framework/cmake/nnrun-config.cmake framework/cmake/nnrun_add_plugin.cmake
  framework/cmake/nnrun_add_built_in.cmake
  "${PROJECT_BINARY_DIR}/nnrun-config-version.cmake" DESTINATION ${package_folder})

# cpack -G DEB
set(CPACK_PACKAGE_NAME nnrun)
set(CPACK_PACKAGE_VENDOR "nnrun")
# Who answers for a package is who makes it, as Debian's tools have it.
set(CPACK_PACKAGE_CONTACT "nnrun developers <nnrun@localhost>")
if(DEFINED ENV{DEBEMAIL})
  set(CPACK_PACKAGE_CONTACT "$ENV{DEBEMAIL}")
  if(DEFINED ENV{DEBFULLNAME})
    set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
  endif()
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"nnrun reads what a network is made of, its data and its training from a
YAML file, trains it, and leaves a record from which the same numbers
follow again. Trained networks answer from the command line, from programs
in C, C++ and others through libnnrun, and as files for C, NumPy and ONNX.
Every formula comes from a plugin; ten lines of C++ make another.
.
This package has the program, the library with its headers, the plugins
and examples.")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libyaml-cpp-dev, nettle-dev, zlib1g-dev, libpng-dev, libjpeg-dev")  # for libnnrun.a
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/framework/cmake/deb_files.cmake")
file(WRITE "${PROJECT_BINARY_DIR}/debian/triggers" "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/debian/triggers")
include(CPack)
