// Package api is the vocabulary of Amazon Chime 2018-05-01 and of Carillon's
// own operations: inputs, outputs, shapes, enumerations, kinds of errors and the
// table of operations. Most of it is generated from the service model by
// internal/apigen (make gen); what is written by hand is the small runtime that
// the generated code calls.
//
// In inputs, members that the path carries are plain values and all others
// are [Opt], since the wire can leave any of them out. In outputs, members
// that the model requires are plain. A nil list or structure is null.
//
// Every string and list of a request has a limit: the model's, or one of
// internal/apigen/carillon.json. Strings are measured in characters, by which
// the model means code points, and the content of messages in bytes of UTF-8.
package api

//go:generate go run -C ../internal/apigen . -out ../../api
