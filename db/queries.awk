# queries.h and queries.c of all "-- name:" statements: sql_<name>, with the count of its $n parameters.
function quote(s) { gsub(/\\/, "\\\\&", s); gsub(/"/, "\\\"", s); return "\"" s "\\n\"" }
function close_statement() {
    if (name != "") { text[count] = body; params[count] = most }
    name = ""; body = ""; most = 0
}
FNR == 1 { close_statement() }
/^-- name:/ {
    close_statement()
    name = $3
    if (name in seen) { print FILENAME ":" FNR ": " name " stands twice" > "/dev/stderr"; failed = 1; exit 1 }
    seen[name] = 1
    names[++count] = name
    next
}
/^ *--/ { next }
name != "" && NF {
    body = body "    " quote($0) "\n"
    line = $0
    while (match(line, /\$[0-9]+/)) {
        n = substr(line, RSTART + 1, RLENGTH - 1) + 0
        if (n > most) most = n
        line = substr(line, RSTART + RLENGTH)
    }
}
END {
    if (failed) exit 1
    close_statement()
    h = out "/queries.h"; c = out "/queries.c"
    print "/* Made by db/queries.awk. */\n#ifndef CAROLINE_DB_QUERIES_H\n#define CAROLINE_DB_QUERIES_H\n#include \"server/store/store.h\"" > h
    print "/* Made by db/queries.awk. */\n#include \"db/queries.h\"" > c
    for (i = 1; i <= count; i++) {
        printf "extern const struct statement sql_%s;\n", names[i] > h
        printf "const struct statement sql_%s = { \"%s\",\n%s    , %d, %d };\n", names[i], names[i], text[i], params[i], i - 1 > c
    }
    print "const struct statement *const statements[] = {" > c
    for (i = 1; i <= count; i++) printf "    &sql_%s,\n", names[i] > c
    print "    NULL };" > c
    printf "const size_t statement_count = %d;\n", count + 0 > c
    print "#endif" > h
}
