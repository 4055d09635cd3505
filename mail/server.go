package mail

import (
	"errors"
	"net/url"
	"strconv"
)

// Server is a mail server.
type Server struct {
	Host string
	Port int
	// TLS is for servers that speak it from the beginning. Others may offer STARTTLS;
	// Required sends nothing to those that do not.
	TLS, Required bool
	// User and Password are for servers that ask for them; empty: it does not.
	User, Password string
}

// errURL says nothing of the URL, which has a secret in it.
var errURL = errors.New("the mail server is smtp://USER:PASSWORD@HOST:PORT, or smtps://…; ?tls=required asks for STARTTLS")

// The ports of submission, without and with TLS from the beginning.
const (
	submissionPort  = 587
	submissionsPort = 465
)

// ParseServer reads the URL of a mail server, smtp[s]://user:password@host:port with
// ?tls=required. User and password may be left out, and the port, which is 587 then,
// or 465 with smtps.
func ParseServer(text string) (Server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || (u.Path != "" && u.Path != "/") || u.Fragment != "" {
		return Server{}, errURL
	}
	s := Server{Host: u.Hostname(), Port: submissionPort, User: u.User.Username()}
	s.Password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.TLS, s.Port = true, submissionsPort
	default:
		return Server{}, errURL
	}
	if s.User == "" && s.Password != "" {
		return Server{}, errURL
	}
	return s.with(u)
}

// with adds port and parameters.
func (s Server) with(u *url.URL) (Server, error) {
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Server{}, errURL
		}
		s.Port = int(n)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Server{}, errURL
	}
	for name, values := range query {
		if name != "tls" || len(values) != 1 || values[0] != "required" {
			return Server{}, errURL
		}
		s.Required = true
	}
	return s, nil
}
