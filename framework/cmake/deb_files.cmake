# What only a Debian package has: libraries that it needs, those that single verbs and plugins need, and
# a changelog. CPack runs this once all is in its place, and takes what it sets.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX}")
set(optional "${root}/lib/nnrun/nnrun_http.so" "${root}/lib/nnrun/plugins/mpi.so")
file(GLOB needed "${root}/bin/nnrun" "${root}/lib/libnnrun.so.*.*" "${root}/lib/nnrun/plugins/*.so")
list(REMOVE_ITEM needed ${optional})
set(files -dDepends)
foreach(file IN LISTS needed)
  list(APPEND files "-e${file}")
endforeach()
list(APPEND files -dRecommends)
foreach(file IN LISTS optional)
  if(EXISTS "${file}")
    list(APPEND files "-e${file}")
  endif()
endforeach()

find_program(dpkg_shlibdeps dpkg-shlibdeps REQUIRED)
set(work "${CPACK_TEMPORARY_DIRECTORY}/of_dpkg")
file(WRITE "${work}/debian/control" "Source: nnrun\n\nPackage: nnrun\nArchitecture: any\n")
execute_process(COMMAND "${dpkg_shlibdeps}" -O ${files} WORKING_DIRECTORY "${work}"
  OUTPUT_VARIABLE fields COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "shlibs:Depends=([^\n]*)" found "${fields}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${CMAKE_MATCH_1}")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS g++)  # `nnrun new` writes plugins; a compiler makes them
if(fields MATCHES "shlibs:Recommends=([^\n]+)")
  string(APPEND CPACK_DEBIAN_PACKAGE_RECOMMENDS ", ${CMAKE_MATCH_1}")
endif()

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # of SOURCE_DATE_EPOCH, if that is set
set(changelog "${root}/share/doc/nnrun/changelog")
file(WRITE "${changelog}" "nnrun (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Package of nnrun ${CPACK_PACKAGE_VERSION}. Its CHANGELOG.md, beside this file, says what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
execute_process(COMMAND gzip -9nf "${changelog}" COMMAND_ERROR_IS_FATAL ANY)
