p sizeof(const)
p (const)1
p (const *)1
whatis const
ptype const
whatis volatile
whatis const *
whatis struct const
whatis struct int
whatis const int
whatis int const
whatis const volatile int
whatis volatile const int
whatis const op_t
whatis op_t const
whatis const op_t *
whatis const struct fp *
whatis struct fp const * const
whatis char * const
whatis char * const *
whatis const char
whatis unsigned const char
whatis const int[3]
whatis const char *[2]
ptype const op_t
ptype const int
p sizeof(const int)
p (const char *)0
p (char *const)0
p (const int)5
p (volatile unsigned char)300
p/x (const unsigned short)70000
p sizeof(int[010])
whatis int[010]
whatis int[1.5]
whatis int[3u]
whatis int[3ul]
whatis int[09]
whatis int[0x3]
whatis int['a']
whatis int[99999999999999999999999]
whatis int[3x]
whatis int[]
whatis int[][2]
whatis int (*)[]
whatis int[-1]
whatis int[i]
whatis int[2][010]
whatis int (*)[3u]
whatis int (*)(int)
whatis int (*const)(int)
whatis int[0]
ptype struct fp
whatis struct fp
whatis pick
ptype pick
ptype /o struct fp
whatis fact
break helper
run
up
ptype one
whatis one.f
ptype one.f
ptype *one.f
ptype one.g
ptype one.h
ptype one.k
whatis one.k
ptype one.q
p one.f
p *one.f
p (const int *)p
p *(const int *)p
p (const int)i
p -(const int)i
p (const int)i == i
p *(const struct fp *)&one
p ((const struct fp *)&one)->g
p *(const int (*)[1])p
p ((const int *)p)[0]
p/x *(const unsigned char *)p
p (const double)i / 2
p {const int}p
x/dw (const int *)p
p !(const int)i
p ~(const char)i
p (const int)i << 2
p (const char)1
output (const int)3
whatis (const int)i
whatis (const char)i + 1
whatis -(const char)i
whatis (const int *)p + 1
whatis *((const int *)p + 1)
whatis int (*)(void)
whatis int (*)()
whatis int (*)(int, const char *)
whatis int (*)(int (*)(char), struct fp *)
whatis int (*)(nosuch)
p (int (*)(int))0
p sizeof(int (*)(int))
ptype op_t (*)(op_t)
