"""Mounted at `/api/auth/`."""

from django.urls import path

from shop.accounts import openapi  # noqa: F401 (documents how to sign in)
from shop.accounts.views import account, passwords, sign_in

urlpatterns = [
    path("registration/", sign_in.RegistrationView.as_view()),
    path("jwt/create/", sign_in.SignInView.as_view()),
    path("jwt/refresh/", sign_in.RefreshView.as_view()),
    path("jwt/verify/", sign_in.VerifyView.as_view()),
    path("logout/", sign_in.LogoutView.as_view()),
    path("user/", account.AccountView.as_view()),
    path("password/change/", passwords.PasswordChangeView.as_view()),
    path("password/reset/", passwords.PasswordResetView.as_view()),
    path("password/reset/confirm/", passwords.PasswordResetConfirmView.as_view()),
    path("email/verify/", passwords.EmailVerifyView.as_view()),
    path("email/resend/", passwords.EmailResendView.as_view()),
]
