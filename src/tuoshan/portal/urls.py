"""Addresses of the portal."""

from django.urls import path

from tuoshan.portal import casepage, entering, submitting

app_name = "portal"
urlpatterns = [
    path("", entering.home, name="home"),
    path("submit", submitting.submit, name="submit"),
    path("track", entering.track, name="track"),
    path("leave", entering.leave, name="leave"),
    path("l/<str:token>", entering.link, name="link"),
    path("survey/<str:token>", entering.survey, name="survey"),
    path("case/<str:number>", casepage.case, name="case"),
    path("case/<str:number>/submitted", submitting.submitted, name="submitted"),
    path("case/<str:number>/act", casepage.act, name="act"),
    path("case/<str:number>/write", casepage.write, name="write"),
    path("case/<str:number>/rate", casepage.rate, name="rate"),
]
