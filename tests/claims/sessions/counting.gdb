break fact
run
p $k = 1
p $k++ + $k++
p $k
p $k = $k++ + 1
p $k += 2
p $k -= 1.5
p $u = 5u
p --$u
p $u -= 10
whatis $u
p $_
p $_ = 3
p sizeof($k++)
p $k
whatis $k++
p $k
ptype $k = 9
p $k
p $z = $nope
p $z
p $k ? $k++ : 0
p $k
p 0 && $k++
p $k
p !$k++
set $k++
p $k
set var $k = 4
p $k
output $k++
p $k
display $k++
p $k
next
p $k
x/x $k++
p $k
call $nope
call (void)$k++
p $k
p -5 % 3
p $k, $k++
print $k = 3, $k
p $k == 3 && $nope == $nope
info line $k
list $k
p &$k
p *$k
p $k[0]
p $k@2
p/x $k++
p/c $k++
p/t ++$k
p $_exitcode++
whatis n = 3
whatis n++
whatis ++n
whatis n += 1.5
ptype $new = 3
p $new
whatis $new++
p sizeof(n = 3)
p sizeof($new = 3)
p sizeof(int)
whatis $k += 2.5
whatis -$k++
p $k
