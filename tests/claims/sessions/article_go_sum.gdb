disass main.main
disass main.sum
b main.sum
r
disass
i r rsp rbp rip
