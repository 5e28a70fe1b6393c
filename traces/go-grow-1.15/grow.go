package main

func down(n int, p *int) int {
	var room [64]int
	room[0] = n
	if n > 0 {
		return down(n-1, p) + room[0]
	}
	return *p
}

func main() {
	x := 7
	println(down(5, &x))
}
