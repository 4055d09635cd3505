package main

// The service model travels inside this module; importing any package of it
// keeps the requirement in go.mod.
//
//lint:ignore SA1019 the newer SDK has no models
import _ "github.com/aws/aws-sdk-go/aws/awserr"
