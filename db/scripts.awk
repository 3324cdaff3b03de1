# Migrations, checks and grants as constants: { name without folder and ending, text }.
function quote(s) { gsub(/\\/, "\\\\&", s); gsub(/"/, "\\\"", s); return "\"" s "\\n\"" }
FNR == 1 {
    file = FILENAME
    n = split(file, part, "/")
    name = part[n]; sub(/\.sql$/, "", name)
    kind = part[n - 1]
    if (name == "access") kind = "access"
    if (count) body[count] = text
    kinds[++count] = kind; names[count] = name; text = ""
}
{ text = text "    " quote($0) "\n" }
function table(kind, variable,   i, total) {
    printf "const struct script %s[] = {\n", variable
    for (i = 1; i <= count; i++) if (kinds[i] == kind) { printf "    { \"%s\",\n%s    },\n", names[i], body[i]; total++ }
    print "    { NULL, NULL } };"
    printf "const size_t %s_count = %d;\n", variable, total + 0
}
END {
    if (count) body[count] = text
    print "/* Made by db/scripts.awk. */\n#include \"server/store/scripts.h\""
    table("migrations", "migrations")
    table("checks", "checks")
    table("access", "access_script")
}
