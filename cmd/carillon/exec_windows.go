package main

import "os"

// passedOn are the signals that a command of carillon exec gets.
var passedOn = []os.Signal{os.Interrupt}
