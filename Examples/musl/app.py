# SPDX-License-Identifier: Apache-2.0
"""A guest book that forgets: a Flask application behind waitress, on port 8080."""
import flask
import waitress

application = flask.Flask(__name__)
guests = []

PAGE = """<!doctype html>
<title>guests</title>
<p>{{ guests|length }} guests
{% for guest in guests %}<li>{{ guest }}</li>
{% endfor %}"""


@application.get("/")
def read():
    return flask.render_template_string(PAGE, guests=guests)


@application.get("/add/<guest>")
def add(guest):
    guests.append(guest)
    return read()


if __name__ == "__main__":
    waitress.serve(application, host="0.0.0.0", port=8080, threads=4)
