package main

// The service model travels inside this module; importing any package of it
// keeps the requirement in go.mod.
import _ "github.com/aws/aws-sdk-go/aws/awserr"
