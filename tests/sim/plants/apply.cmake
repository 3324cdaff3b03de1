# Makes a wrong copy of a source file: SOURCE with PATCH applied, as OUT.
get_filename_component(directory ${OUT} DIRECTORY)
file(MAKE_DIRECTORY ${directory})
execute_process(COMMAND patch --silent --fuzz=0 --output=${OUT}.new --reject-file=- ${SOURCE} ${PATCH}
    RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
    message(FATAL_ERROR "${PATCH} does not apply to ${SOURCE} any more: make the patch anew, so that the same bug is "
        "planted there again.\n${said}")
endif()
file(RENAME ${OUT}.new ${OUT})
