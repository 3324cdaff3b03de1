# What protoc-c is given: text as views of bytes, imports within proto/.
/^import "/ { sub(/"/, "\"proto/"); print; next }
/^package / { print; print "import \"protobuf-c/protobuf-c.proto\";"; next }
/^ *(optional|repeated) +string / { sub(/;/, " [(pb_c_field).string_as_bytes = true];") }
{ print }
