package main

var result int

//go:noinline
func weigh(ns []int) int {
	sum := 0
	for i, n := range ns {
		sum += i * n
	}
	return sum
}

//go:noinline
func pass(c chan int) int {
	c <- 42
	return <-c
}

func main() {
	result = weigh([]int{3, 5, 7})
	result = pass(make(chan int, 1))
}
