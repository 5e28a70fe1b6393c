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
float fl = 0.1f;
long odd = 16777217, wide = 9007199791611905;
_Float16 little = 65504;
unsigned char results[32];
float fnan, finf;
char lanes[16] = "\x80\x3f\x00\x3c\xc0\x7f\x01\xfc\x00\x00\x80\x3f\x00\x00\x20\xc2";

int main(void) {
    fnan = dnan = ldnan = qnan = __builtin_nan("");
    finf = dinf = ldinf = qinf = __builtin_inf();
    *(unsigned short *)&hnan = 0x7e00;
    *(unsigned short *)&hinf = 0x7c00;
    __asm__ volatile("movups %0, %%xmm0" : : "m"(lanes) : "xmm0");
    results[0] = (float)0.1 == 0.1;
    results[1] = (float)0.1 == fl;
    results[2] = (float)odd == 16777216;
    results[3] = (float)wide == 9007200328482816.0;
    results[4] = (_Float16)0.1 == 0.1;
    results[5] = (_Float16)0.1 == hs[0];
    results[6] = (_Float16)65519 == little;
    results[7] = (_Float16)65520 > little;
    results[8] = (float)1e300 > 3e38;
    results[9] = (float)1e-46 == 0;
    results[10] = (float)1e-45 > 0;
    results[11] = (double)0.1 == 0.1;
    results[12] = (float)-0.1 < -0.1;
    results[13] = (float)odd + 1 > 0;
    results[14] = (_Bool)0.5 == 1;
    results[15] = (_Bool)0.0 == 0;
    results[16] = (_Bool)dnan == 1;
    results[17] = (_Bool)dinf == 1;
    results[18] = (_Bool)-1 == 1;
    results[19] = (int)-3.7 == -3;
    return b.a;
}
