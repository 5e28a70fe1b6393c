package main

type counter struct {
	n, step int
}

//go:noinline
func (c *counter) add(k int) {
	c.n += k * c.step
}

//go:noinline
func (c counter) get() int {
	return c.n
}

type getter interface {
	get() int
}

var (
	count  = counter{40, 1}
	source getter
	result int
)

//go:noinline
func direct() {
	count.add(2)
	result = count.get()
}

//go:noinline
func through(g getter) int {
	return g.get()
}

//go:noinline
func indirect() {
	result = through(source)
}

func main() {
	direct()
	source = &count
	indirect()
}
