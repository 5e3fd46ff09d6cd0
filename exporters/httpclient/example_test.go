package httpclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/nexuslims/nexuslims-go/exporters/httpclient"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The kind of a failure says what happens next, and no secret is part of it.
func ExampleDo() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the key has expired", http.StatusForbidden)
	}))
	defer server.Close()
	client, err := httpclient.New(httpclient.Options{})
	if err != nil {
		panic(err)
	}
	address := server.URL + "/records/7.xml?key=secret"
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, address, strings.NewReader("<Experiment/>"))
	if err != nil {
		panic(err)
	}
	_, err = httpclient.Do(client, req)
	fmt.Println(errors.Is(err, nexuslims.Permission))
	fmt.Println(strings.ReplaceAll(err.Error(), server.URL, "https://archive.example.org"))
	// Output:
	// true
	// PUT https://archive.example.org/records/7.xml: status 403 Forbidden
}

// A service that speaks JSON needs no more than this.
func ExampleCall() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"id": 7, "address": "/records/7"}`)
	}))
	defer server.Close()
	client, err := httpclient.New(httpclient.Options{})
	if err != nil {
		panic(err)
	}
	var made struct {
		ID      int
		Address string
	}
	request := httpclient.Request{Method: http.MethodPost, URL: server.URL, Body: map[string]string{"title": "Grains"}}
	_, err = httpclient.Call(context.Background(), client, request, &made)
	fmt.Println(made.ID, made.Address, err)
	// Output: 7 /records/7 <nil>
}
