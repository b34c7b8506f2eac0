# Sourced by drills with two instances behind haproxy: blue and green, green with a copy of blue's books.
# shellcheck shell=bash

need haproxy 'Debian package haproxy'
LOCAL_PUBLIC_PORT="$(free_port)" LOCAL_BLUE_PORT="$(free_port)" LOCAL_GREEN_PORT="$(free_port)" LOCAL_SECONDARY_PORT="$(free_port)"
blue_admin="$(free_port)" green_admin="$(free_port)"
export LOCAL_PUBLIC_PORT LOCAL_BLUE_PORT LOCAL_GREEN_PORT LOCAL_SECONDARY_PORT LOCAL_STATE
# As behind a plain proxy: it has to see that readiness has ended before connections do.
export Shutdown__DrainDelaySeconds=3

serves() { case "$(server_state primary "$1")" in UP*) ;; *) return 1 ;; esac; }

# start_pair [NAME=VALUE…]
start_pair() {
    start_erp blue "$LOCAL_BLUE_PORT" "$blue_admin" "$@"
    stop blue
    copy_erp blue green
    start_erp blue "$LOCAL_BLUE_PORT" "$blue_admin" "$@"
    start_erp green "$LOCAL_GREEN_PORT" "$green_admin" "$@"
    start_haproxy
    until_true 20 serves blue
    until_true 20 serves green
}
