package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"

	"carillon/api"
)

// policy is the Content-Security-Policy of all pages: nothing but what is here.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// setHeaders sets what all answers carry.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Cookie, Sec-Fetch-Site, Origin")
}

//go:embed web
var files embed.FS

// asset is a file that pages load. Its name changes with its content.
type asset struct {
	name, contentType string
	content           []byte
}

var assets = loadAssets(map[string]string{
	"style.css": "text/css; charset=utf-8", "script.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
})

func loadAssets(types map[string]string) map[string]asset {
	loaded := map[string]asset{}
	for file, contentType := range types {
		content, err := files.ReadFile("web/" + file)
		if err != nil { // it is part of the program
			panic(err)
		}
		sum := sha256.Sum256(content)
		ext := path.Ext(file)
		name := strings.TrimSuffix(file, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
		loaded[file] = asset{name, contentType, content}
	}
	return loaded
}

// assetURL is where pages find a file.
func assetURL(file string) string { return Root + "assets/" + assets[file].name }

func showAsset(p *page) error {
	for _, a := range assets {
		if a.name == p.r.PathValue("name") {
			p.w.Header().Set("Content-Type", a.contentType)
			p.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = p.w.Write(a.content) // the client may be gone
			return nil
		}
	}
	return notFound(p)
}

func notFound(*page) error { return api.UnknownPath.Errorf("There is no such page") }
