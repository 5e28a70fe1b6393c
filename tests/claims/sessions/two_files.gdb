list other.c:3
break 5
tbreak other.c:3
break *main
break *0x10
delete 4
info breakpoints
run
info breakpoints
c
c
info breakpoints
bt
run
bt
info breakpoints
c
run
info breakpoints
kill
delete
break fact if main::i == 1
break fact if main::nosuch == 1
break fact if nosuch::i == 1
break fact if 'two_files.c'::shared == 7
break fact if 'two_files.c'::nosuch == 7
break fact if ::shared == 8
break fact if ::nosuch == 7
break fact if fact::n == 2 && main::i == 1
tbreak fact if helper::twice == 7
break fact if one.f == 1
condition 4 helper::nosuch
info breakpoints
run
info breakpoints
c
c 2
info breakpoints
c
kill
delete
start
break
break main
info b
