package main

var result int

//go:noinline
func ten(a, b, c, d, e, f, g, h, i, j int) (int, int) {
	return a + i, j
}

func main() {
	x, y := ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	result = x + y
}
