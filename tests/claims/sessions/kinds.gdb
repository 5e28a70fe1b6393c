break main.kinds
run
set scheduler-locking on
p d
p e
p q
p *q
p q.Name
p q.Name.str
p d.str
p e.array
p *e.array
p e.array[1]
p *e.array@3
p arr
p small
p fn
p &q.X
p &q.Name
p &main.global
p main.global
p main.global[1]
p 'main.text'
p 'main.kinds'
p 'main.nope'
p main.kinds
p *main.kinds
p &main.kinds
p d.len
p e.cap
p len
p cap
p nil
p type
p len(arr)
p (int)n
whatis d
ptype d
whatis e
ptype e
whatis q
ptype q
whatis *q
whatis &arr
whatis arr
ptype arr
whatis q.Name
ptype q.X
whatis m
ptype m
whatis *m
whatis sh
ptype sh
whatis sh.tab
whatis fn
ptype fn
whatis &fn
whatis small
whatis &d
whatis main.Point
ptype main.Point
whatis main.Square
ptype main.Square
ptype main.Shape
ptype main.Colour
whatis main.kinds
ptype main.kinds
ptype main.global
ptype string
bt
info args
up
p q
p nilp
p p
p &p
p &numbers
p &colour
p colour
p fn
p square
p square.grow
p &square
whatis square
whatis &square
ptype square
info locals
i r rbp rsp rip
p $fp
info frame
break main.depth if n == 1
delete 1
run
set scheduler-locking on
bt
p main.depth::n
frame 2
i r rip rsp rbp
info frame
p n
