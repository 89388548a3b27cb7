# Fetches uPlot, which draws the console's charts, with npm: of the version and with the checksum that
# package-lock.json has. In a build:
#
#   cmake -D DIRECTORY=PACKAGE -D OUTPUT=DIR -P vendor_uplot.cmake
#
# leaves in DIR what the console serves: the library, its style sheet and its licence. Where PACKAGE, an
# unpacked package, is not empty, nothing is fetched.
set(attempts 3)
set(advice "Build again once npm reaches its registry; 'npm ping' says whether it does. Without one, unpack \
the package of that version elsewhere and configure with -DSLUICE_UPLOT_DIR=DIRECTORY, the one that has \
LICENSE and dist/ in it.")
file(READ ${CMAKE_CURRENT_LIST_DIR}/package-lock.json lock)
string(JSON wanted GET ${lock} packages node_modules/uplot version)

if(NOT DIRECTORY)
  find_program(npm npm NO_CACHE)
  if(NOT npm)
    message(FATAL_ERROR "There is no npm to fetch uPlot ${wanted} with: 'tools/install build' brings it. ${advice}")
  endif()
  set(place ${OUTPUT}/npm)
  file(COPY ${CMAKE_CURRENT_LIST_DIR}/package.json ${CMAKE_CURRENT_LIST_DIR}/package-lock.json DESTINATION ${place})
  foreach(attempt RANGE 1 ${attempts})
    execute_process(
      COMMAND ${npm} ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
              --fetch-retries=1 --fetch-retry-mintimeout=1000
      WORKING_DIRECTORY ${place} TIMEOUT 120
      OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE result)
    if(result EQUAL 0)
      break()
    endif()
    if(attempt EQUAL attempts)
      message(FATAL_ERROR "npm could not fetch uPlot ${wanted}: ${result}\n${said}\n${advice}")
    endif()
    execute_process(COMMAND ${CMAKE_COMMAND} -E sleep 3)
  endforeach()
  set(DIRECTORY ${place}/node_modules/uplot)
endif()

if(NOT EXISTS ${DIRECTORY}/package.json)
  message(FATAL_ERROR "${DIRECTORY} holds no package: there is no package.json. ${advice}")
endif()
file(READ ${DIRECTORY}/package.json package)
string(JSON found GET ${package} version)
if(NOT found STREQUAL wanted)
  message(FATAL_ERROR "${DIRECTORY} holds uPlot ${found}, and the console needs ${wanted}. ${advice}")
endif()
file(MAKE_DIRECTORY ${OUTPUT})
# Touched, since npm gives a package's files times that are older than what they are made from.
foreach(file dist/uPlot.iife.min.js dist/uPlot.min.css LICENSE)
  get_filename_component(name ${file} NAME)
  if(name STREQUAL LICENSE)
    set(name uPlot.LICENSE.txt)
  endif()
  file(COPY_FILE ${DIRECTORY}/${file} ${OUTPUT}/${name})
  file(TOUCH ${OUTPUT}/${name})
endforeach()
