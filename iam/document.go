package iam

import (
	"net/url"
	"strings"

	"carillon/api/iam"
	"carillon/policy"
)

// parse checks a document as IAM does before it keeps or simulates one.
func parse(text string) (*policy.Document, error) {
	document, err := policy.Parse(text)
	if err != nil {
		return nil, iam.MalformedPolicyDocument.Errorf("%s", err.Error())
	}
	return document, nil
}

// checkManaged checks the document of a managed policy.
func checkManaged(text string) error {
	if policy.SizeWithoutWhitespace(text) > maxManagedSize {
		return iam.LimitExceeded.Errorf("Cannot exceed quota for PolicySize: %d", maxManagedSize)
	}
	_, err := parse(text)
	return err
}

// encoded is the form in which answers of IAM have a document: percent-encoded by
// RFC 3986, which has no plus for a blank.
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}
