ptype/o struct bits
ptype/o struct deep
ptype/o struct hole
ptype/o struct anonymous
ptype/o struct empty
ptype/o rgb
ptype/o one
ptype/o hole
ptype/o either
ptype/o union either
ptype/o int
ptype/o table
ptype/o anonymous
ptype/o struct nope
ptype/x struct bits
ptype/m struct bits
ptype/t rgb
ptype/o
ptype/z int
whatis/o rgb
ptype/o struct hole *
ptype/o struct hole[2]
ptype/o twice
ptype/o enum color
ptype /o rgb
ptype/o nope
