package main

//go:noinline
func add2(a int) int {
	tmp := a + 10
	return tmp
}

//go:noinline
func add1(a int) int {
	return add2(a + 10)
}

func main() {
	a := 1
	add1(a)
}
