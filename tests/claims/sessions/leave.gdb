b leave
r
n
n
p $_exitcode
r
fin
r
c
start
n
s
