from django.conf import settings
from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from designers import views
from designers.forms import ForgottenForm
from designers.keys.entering import NewPasswordView

app_name = "designers"
_forgotten = auth.PasswordResetView.as_view(
    form_class=ForgottenForm,
    email_template_name="designers/mail/password.txt",
    subject_template_name="designers/mail/password_subject.txt",
    extra_email_context={"address": settings.SITE_URL, "shop_name": settings.SHOP_NAME},
    success_url=reverse_lazy("designers:password_letter"),
    template_name="designers/password_forgotten.html",
)
_letter = auth.PasswordResetDoneView.as_view(template_name="designers/password_letter.html")
urlpatterns = [
    path("workshop/join/<slug:token>/", views.join, name="join"),
    path("workshop/password/", _forgotten, name="password_forgotten"),
    path("workshop/password/letter/", _letter, name="password_letter"),
    path("workshop/password/<uidb64>/<token>/", NewPasswordView.as_view(), name="password_new"),
]
