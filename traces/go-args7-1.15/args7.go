package main

func main() {
	var r1, r2, r3, r4, r5, r6, r7 int64 = 1, 2, 3, 4, 5, 6, 7
	A(r1, r2, r3, r4, r5, r6, r7)
}

func A(a, b, c, d, e, f, g int64) int64 {
	return a + b + c + d + e + f + g
}
