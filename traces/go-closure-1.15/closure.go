package main

var result int

//go:noinline
func adder(n int) func(int) int {
	return func(x int) int { return x + n }
}

//go:noinline
func apply(f func(int) int, x int) int {
	return f(x)
}

func main() {
	result = apply(adder(10), 5)
}
