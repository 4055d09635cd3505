package console

import "strings"

// command joins words to a command of a shell, each quoted where it has to be.
func command(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

// plainWords are the characters that no shell minds.
const plainWords = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,"

func quote(word string) string {
	if word != "" && strings.Trim(word, plainWords) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// awsChime is a command of the AWS CLI.
func awsChime(words ...string) string { return command(append([]string{"aws", "chime"}, words...)...) }
