b 56
b fact
disable 1.2
i b
disable 1
i b
enable 1
i b
disable 1.3
disable 1.0
disable 3.1
disable 2.1
i b
disable 1.1-2
i b
enable 1.1 2
enable 1.*
disable 1.x
delete 1.1
delete 2.1
delete x
delete 1 2.1
i b
delete
b layouts.c:56
tbreak 56
tb layouts.c:56 if n == 2
condition 5 i == 1
condition 5 n == 1
condition 5 nope
condition 5
condition 3 i == 0
i b
r
i b
enable 3.1
disable 3
c
disable 4.1
c
i b
enable 5.1
p $_
x/i
delete
b 56
tb 56
c
c
i b
c 3
i b
b 55
i b
until 56
until 56
advance 56
until
b 56 if zz
disable nope
enable 5
delete
b 56
tb layouts.c:56
r
c
i b
c 3
i b
until 56
until 56
advance 56
until
c 2
b fact
c
i b
c
p fact::n
up
p fact::n
up 2
p fact::n
p fact::nope
p n
up
p fact::n
p twice::s
p twice::i
c
