package console

import "net/http"

// routes are all pages and forms.
func (c *Console) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, show := range map[string]func(*page) error{
		"GET /ui/{$}":                          overview,
		"GET /ui/accounts":                     listAccounts,
		"POST /ui/accounts":                    createAccount,
		"GET /ui/accounts/{account}":           listUsers,
		"POST /ui/accounts/{account}":          updateAccount,
		"POST /ui/accounts/{account}/settings": updateAccountSettings,
		"POST /ui/sign-out":                    signOut,
		"/ui/":                                 notFound,
	} {
		mux.HandleFunc(pattern, private(show))
	}
	mux.HandleFunc("GET /ui/sign-in", public(showSignIn))
	mux.HandleFunc("POST /ui/sign-in", public(signIn))
	mux.HandleFunc("GET /ui/assets/{name}", public(showAsset))
	return mux
}
