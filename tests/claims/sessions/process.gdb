info files
b sum
r
info proc mappings
info files
kill
info proc mappings
