# The walker's table: every text, bytes and list field with the "max" of its comment. A field without one stops the build.
BEGIN {
    print "/* Made by proto/limits.awk. */"
    print "#include \"common/wire/walker.h\""
    print "const struct field_limit field_limits[] = {"
}
/^message / { message = $2 }
/^ *(optional|repeated) / {
    limited = $1 == "repeated" || $2 == "string" || $2 == "bytes"
    if (!limited) next
    if (!match($0, /\/\/ *max [0-9]+/)) {
        printf "%s:%d: %s.%s has no \"max\"\n", FILENAME, FNR, message, $3 > "/dev/stderr"
        failed = 1
        exit 1
    }
    max = substr($0, RSTART, RLENGTH)
    free = substr($0, RSTART + RLENGTH, 12) == ", any digits" ? 1 : 0
    sub(/^.*max /, "", max)
    text = $2 == "string" ? 1 : 0
    rows[++count] = sprintf("%s %s %s %d %d", message, $3, max, text, free)
}
END {
    if (failed) exit 1
    # sorted by message, then field: insertion sort, the table is small
    for (i = 2; i <= count; i++) {
        row = rows[i]
        for (j = i - 1; j >= 1 && rows[j] > row; j--) rows[j + 1] = rows[j]
        rows[j + 1] = row
    }
    for (i = 1; i <= count; i++) {
        split(rows[i], part, " ")
        printf "    { \"%s\", \"%s\", %s, %s, %s },\n", part[1], part[2], part[3], part[4], part[5]
    }
    print "};"
    printf "const size_t field_limit_count = %d;\n", count
}
