package main

var gInt int

func sum(a, b int) int {
	return a + b
}

func main() {
	gInt = sum(1, 2)
	println(gInt)
}
