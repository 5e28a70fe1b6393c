#include "textflag.h"

// func add(a, b int64) int64
TEXT ·add(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	ADDQ b+8(FP), AX
	MOVQ AX, ret+16(FP)
	RET

// func diff(a, b int64) int64
TEXT ·diff(SB), NOSPLIT, $16-24
	MOVQ a+0(FP), AX
	SUBQ b+8(FP), AX
	MOVQ AX, x-8(SP)
	MOVQ AX, 0(SP)
	MOVQ AX, ret+16(FP)
	RET
