/* A test card pressed in the list fills the form, examples where it is empty; digits come in fours. */
const number = document.getElementById('number');

const grouped = (text) => text.replace(/\D/g, '').slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');

if (number) {
  number.addEventListener('input', () => { number.value = grouped(number.value); });
  document.addEventListener('click', (event) => {
    const card = event.target.closest('[data-card]');
    if (!card) return;
    event.preventDefault();
    number.value = grouped(card.dataset.card);
    document.getElementById('expiry').value = '12 / 30';
    document.getElementById('cvc').value = '123';
    number.removeAttribute('aria-invalid');
    for (const field of document.querySelectorAll('[data-example]')) field.value ||= field.dataset.example;
    const country = document.getElementById('country');
    if (country && !country.value) country.selectedIndex = 1;
    document.querySelector('[data-pay]').focus();
  });
}
