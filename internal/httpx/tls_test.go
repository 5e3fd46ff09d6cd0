package httpx_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// certificate makes a certificate that signs itself.
func certificate(t *testing.T, change func(*x509.Certificate)) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// serveTLS serves with a certificate and counts the requests that came through.
func serveTLS(t *testing.T, config *tls.Config) (address string, count *atomic.Int32) {
	t.Helper()
	count = new(atomic.Int32)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		_, _ = io.WriteString(w, "{}")
	}))
	s.TLS = config
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, count
}

func TestCertificates(t *testing.T) {
	nothing := func(*x509.Certificate) {}
	for name, c := range map[string]struct {
		change  func(*x509.Certificate)
		trust   bool // the site's bundle holds the certificate
		skip    bool
		allowed bool
	}{
		"signed by itself":                   {change: nothing},
		"of the site's bundle":               {change: nothing, trust: true, allowed: true},
		"expired, of the bundle":             {change: func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, trust: true},
		"not valid yet":                      {change: func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, trust: true},
		"of another name":                    {change: func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"cdcs.example.org"} }, trust: true},
		"of another name, verification off":  {change: func(c *x509.Certificate) { c.IPAddresses = nil }, skip: true, allowed: true},
		"signed by itself, verification off": {change: nothing, skip: true, allowed: true},
	} {
		t.Run(name, func(t *testing.T) {
			cert, bundle := certificate(t, c.change)
			address, count := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
			o := quick()
			o.SkipVerify = c.skip
			if c.trust {
				o.Certificates = bundle
			}
			err := call(t.Context(), newClient(t, o), httpx.Request{Method: "POST", URL: address, Body: 1}, nil)
			if c.allowed {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, nexuslims.Permission)
			assert.Zero(t, count.Load(), "the request must not reach a server that is not trusted")
		})
	}
}

func TestOldProtocolIsRefused(t *testing.T) {
	cert, bundle := certificate(t, func(*x509.Certificate) {})
	address, count := serveTLS(t, &tls.Config{
		Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
	})
	o := quick()
	o.Certificates, o.Retries = bundle, -1
	err := call(t.Context(), newClient(t, o), httpx.Request{URL: address}, nil)
	require.Error(t, err)
	assert.Zero(t, count.Load())
}

func TestBundleWithoutCertificateIsInvalid(t *testing.T) {
	_, err := httpx.New(httpx.Options{Certificates: []byte("no PEM")})
	require.ErrorIs(t, err, nexuslims.Invalid)
}

func TestSystemRootsStayBesideTheBundle(t *testing.T) {
	_, bundle := certificate(t, func(*x509.Certificate) {})
	_, err := httpx.New(httpx.Options{Certificates: append([]byte("# the site's own\n"), bundle...)})
	require.NoError(t, err)
}
