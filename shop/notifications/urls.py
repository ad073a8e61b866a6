from django.urls import path

from shop.notifications import views

urlpatterns = [
    path("mails/", views.mailbox, name="mailbox"),
    path("mails/<int:mail_id>/", views.mail, name="mail"),
]
