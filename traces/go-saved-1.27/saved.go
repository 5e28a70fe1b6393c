package main

var result int

//go:noinline
func touch(n int) int {
	return n + 1
}

//go:noinline
func keep(a, b int) int {
	product := a * b
	return touch(b) + product
}

//go:noinline
func blank(n int) int {
	var a [4]int
	a[n&3] = n
	return a[1]
}

func main() {
	result = keep(3, 4)
	result = blank(5)
}
