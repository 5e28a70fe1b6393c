b fact
b mean
b half
b push
b make
b nothing
b many
b 75
info b
r
info locals
c
bt
bt 1
bt -1
bt -2
finish
c 3
c
p *v@3
p v
p v[1]
p &v[1]
p *v
info args
info locals
n
n
n
n
n
info locals
until
until
until
until
finish
c
p x
p/x x
p/f x
finish
c
p head
p *head
finish
p *$
p $.value
p $
c
fin
bt
info locals
p *list
p list->next
p *list->next
p list->tag
p &list->tag
p list->tag[0]
p *list->tag@2
p/x *list
p/x list->tag
p/c list->tag
p/d list->tag
p/s list->tag
x/s list->tag
x/4cb list->tag
ptype list
whatis list
whatis *list
ptype node_t
whatis node_t
ptype struct node
ptype op
whatis op
p op
p *op
p/x op
p bf
p bf.b
p/x bf
p bf.c
p &bf
p &bf.b
ptype bf
whatis bf.a
p u
p u.raw
ptype u
p text
p &text
p text[0]
p *text
p text+1
p/x text
p sizeof(text)
whatis text
whatis &text
whatis &text[0]
p c
p/d c
p (enum color)0
p (enum color)3
p RED
p BLUE
p GREEN + 1
p c == GREEN
ptype c
whatis c
p small
p/x small
p/d small
p/t small
whatis small
ptype small
p yes
p !yes
p neg
p/x neg
p/u neg
p/t neg
p -neg
p m
p m[1]
p m[1][0]
p &m
p *m
p **m
p &m[1]
whatis m
whatis m[0]
whatis &m
p greeting
p *greeting
p &greeting
p table
p &table
p &table[2]
p *table@2
p table[4]
p/x table
p sizeof table
p table + 1
p *(table + 1)
x/5dw table
x/5dw &table
x/2s greeting
x/3xw table
x/8xb &bf
p calls
p &calls
p &fact
p fact
p *fact
p fact == add
p op == add
p $rip
info symbol op
info symbol &table[1]
info address calls
info address fact
info line fact
info line many
list fact
list 60,62
list
list -
info frame
c
p o
p o.inner
p o.name
p o.op
p o.m
p &o
p &o.m
p &o.inner.deep
p o.q
p o.r
ptype o
ptype struct outer
p/x o
p *&o
p o.m[1][2]
p &o.m[1][2]
info frame
bt
finish
c
info args
info frame
x/4gx $rsp
p g
p h
p &g
p &h
finish
p r
c
info locals
n
n
n
n
n
info locals
n
n
n
p $_exitcode
info frame
c
p $_exitcode
