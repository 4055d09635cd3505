// Package userlist reads and writes lists of users as people and programs keep
// them: CSV of any spreadsheet, JSON as ListUsers answers it, JSON lines; and
// imports what it reads, row by row, through whatever can call ImportUsers.
//
// A row that cannot be read stops no other: it is a [Row] with a [Problem], which
// goes to a file of rejects in the format of the input. Nothing holds a whole list.
package userlist
