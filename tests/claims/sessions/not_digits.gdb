break ²
break main
break fact
break helper
break pick
break count
run
set listsize 10
list ²
info line ²
condition ² 1
condition x 1
p $²
p $$²
p ²
p ²²+1
p x² + 1
undisplay ²
break +²
frame ²
up ²
bt ²
until ²
advance ²
tbreak ²
disable 1.²
enable ²
disable 1-²
delete ²
delete ٣
delete 9-8
delete 7-8
enable 9-8
disable 9-8
disable 1-2
enable 1-2
disable 9
delete 3-2
info breakpoints
delete 2-3
delete 2-3
delete 4 5
delete 0
p $n = 25
break $n
info line $n
p 5
list $
list other.c:$
break $nope
break $pc
list $1
enable 3.2-1
disable 5.2-1
display n
undisplay x
undisplay 7
undisplay 1
enable 1x
delete 1x
delete x
list ,²
list ²,
