b sum if a > 5
info breakpoints
b main if nosuch == 1
b sum if (b == 2
tb main if argc == 1
info breakpoints
r
info breakpoints
c
bt
condition 1
condition 1 b > 1
condition
condition 9
condition x
info breakpoints
c
c
run
b if nosuch == 3
b if n == 9
d 1
tb sum if b == 2 && a > 0
run
finish
info breakpoints
