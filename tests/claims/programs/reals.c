/* Floating point numbers of every format, and bit-fields. */
enum sign { LESS = -1, EQUAL, MORE };
enum plain { NONE, SOME = 5 };
struct bits {
    enum sign e : 4;
    enum plain p : 4;
    unsigned a : 3;
    int s : 3;
    unsigned long w : 40;
    long sw : 40;
    _Bool f : 1;
} b = { LESS, SOME, 5, -1, 1, -1, 1 };
_Float16 h = 1.5f16, hs[2] = { 0.1f16, -2.25f16 }, tiny = 6e-8f16;
_Float128 q = 0.1f128, three = 3, small = 0x1p-16494f128;
long double ld = 0.1L, ten = 10.25L, negative = -3.5L;
_Float16 hnan, hinf;
_Float128 qnan, qinf;
long double ldnan, ldinf;
double dnan, dinf;
__int128 big = 5;
float fnan, finf;
char lanes[16] = "\x80\x3f\x00\x3c\xc0\x7f\x01\xfc\x00\x00\x80\x3f\x00\x00\x20\xc2";

int main(void) {
    fnan = dnan = ldnan = qnan = __builtin_nan("");
    finf = dinf = ldinf = qinf = __builtin_inf();
    *(unsigned short *)&hnan = 0x7e00;
    *(unsigned short *)&hinf = 0x7c00;
    __asm__ volatile("movups %0, %%xmm0" : : "m"(lanes) : "xmm0");
    return b.a;
}
